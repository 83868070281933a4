from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "goodword.files"
    label = "files"
