from django.urls import path

from . import views

urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap_xml, name="sitemap_xml"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("site.webmanifest", views.webmanifest, name="webmanifest"),
    path("pattern/<slug:slug>.svg", views.pattern, name="pattern"),
    path("site-map/", views.site_map, name="site_map"),
    path("report-error/", views.report_error, name="report_error"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
