from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "goodword.notices"
    label = "notices"
