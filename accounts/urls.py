from django.urls import path

from . import views

urlpatterns = [
    path("", views.account, name="account"),
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("signup/", views.SignUp.as_view(), name="account_signup"),
    path("details/", views.details, name="account_details"),
    path("set-password/<str:token>/", views.set_password, name="set_password"),
    path("organisations/new/", views.organisation_new, name="organisation_new"),
    path("organisations/<int:pk>/", views.organisation, name="organisation"),
    path("organisations/<int:pk>/edit/", views.organisation_edit, name="organisation_edit"),
    path("organisations/<int:pk>/members/add/", views.member_add, name="member_add"),
    path(
        "organisations/<int:pk>/invitations/<int:invitation>/withdraw/",
        views.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("invitations/<int:pk>/", views.invitation_answer, name="invitation_answer"),
    path("organisations/<int:pk>/members/<int:member>/", views.member_change, name="member_change"),
]
