from django.apps import AppConfig


class FieldsConfig(AppConfig):
    name = "goodword.fields"
    label = "fields"
