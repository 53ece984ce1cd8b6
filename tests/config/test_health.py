import os

import pytest
from django.core.cache import caches

pytestmark = pytest.mark.django_db(transaction=True)  # the checks run on a connection of their own


def test_a_healthy_server_says_ok(client):
    response = client.get("/healthz/")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-cache" in response["Cache-Control"]
    assert not response.cookies


@pytest.mark.parametrize("output", ["", "json", "text", "atom", "openmetrics"])
def test_a_broken_part_is_named_in_the_log_and_nowhere_else(client, settings, caplog, tmp_path, output):
    blocked = tmp_path / "a-file-where-a-folder-should-be"
    blocked.touch()
    settings.MEDIA_ROOT = str(blocked / "secret-folder")
    response = client.get("/healthz/", {"format": output})
    assert (response.status_code, response.content) == (503, b"unavailable\n")
    assert "Storage" in caplog.text


def test_a_dead_cache_is_noticed(client, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }
    assert client.get("/healthz/").status_code == 503


def test_redis_serves_as_cache(settings, redis_url):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}
    key = f"test-{os.getpid()}"
    caches["default"].set(key, "枢", 5)
    assert caches["default"].get(key) == "枢"
