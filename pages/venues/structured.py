"""A venue in the words of schema.org. Facts that are sample data are not published as facts."""

from typing import Any

from django.http import HttpRequest

from network.models import Venue, WeeklyHours

DAYS = {
    WeeklyHours.Day.MONDAY: "Monday",
    WeeklyHours.Day.TUESDAY: "Tuesday",
    WeeklyHours.Day.WEDNESDAY: "Wednesday",
    WeeklyHours.Day.THURSDAY: "Thursday",
    WeeklyHours.Day.FRIDAY: "Friday",
    WeeklyHours.Day.SATURDAY: "Saturday",
    WeeklyHours.Day.SUNDAY: "Sunday",
    WeeklyHours.Day.HOLIDAY: "PublicHolidays",
}


def venue_data(venue: Venue, above: list[Venue], request: HttpRequest) -> dict[str, Any]:
    """The schema.org object of `venue` ; `above` are a point's branch or a branch's head institutions.

    All come with their pages, `venue` with its hours.
    """
    data: dict[str, Any] = {
        # A cultural centre is a place and an institution; schema.org has no one word for it.
        "@type": "Library" if venue.library else ["CivicStructure", "Organization"],
        "@id": venue.page.get_full_url(request),
        "name": venue.plaque,
        "alternateName": venue.name if venue.name != venue.plaque else None,
        "url": venue.page.get_full_url(request),
        "isAccessibleForFree": True,
        "areaServed": venue.division.short_name,
        "parentOrganization": [
            {
                "@type": "Library" if one.library else "Organization",
                "name": one.plaque,
                "url": one.page.get_full_url(request),
            }
            for one in above
            if hasattr(one, "page")
        ],
    }
    return data if venue.has_sample_facts else {**data, **_facts(venue)}


def _facts(venue: Venue) -> dict[str, Any]:
    known_place = venue.latitude is not None and venue.longitude is not None
    return {
        "address": {"@type": "PostalAddress", "addressCountry": "CN", "streetAddress": venue.address}
        if venue.address
        else None,
        "telephone": venue.phone,
        "email": venue.email,
        "geo": {"@type": "GeoCoordinates", "latitude": venue.latitude, "longitude": venue.longitude}
        if known_place
        else None,
        "openingHoursSpecification": [*_weekly(venue), *_dated(venue)] if venue.is_active else None,
    }


def _weekly(venue: Venue) -> list[dict[str, Any]]:
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{DAYS[WeeklyHours.Day(row.day)]}",
            "opens": f"{row.opens:%H:%M}",
            "closes": f"{row.closes:%H:%M}",
        }
        for row in venue.weekly_hours.all()
        if row.day in DAYS
    ]


def _dated(venue: Venue) -> list[dict[str, Any]]:
    """Exceptions and closures. From midnight to midnight is schema.org's way to say closed."""
    spans = [(row.date, row.date, row.opens, row.closes) for row in venue.dated_hours.all()]
    spans += [(row.first_day, row.last_day, None, None) for row in venue.closures.all()]
    return [
        {
            "@type": "OpeningHoursSpecification",
            "validFrom": first,
            "validThrough": last,
            "opens": f"{opens:%H:%M}" if opens else "00:00",
            "closes": f"{closes:%H:%M}" if closes else "00:00",
        }
        for first, last, opens, closes in spans
    ]
