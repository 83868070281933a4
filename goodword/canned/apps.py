from django.apps import AppConfig


class CannedConfig(AppConfig):
    name = "goodword.canned"
    label = "canned"
