from django.apps import AppConfig


class InboxesConfig(AppConfig):
    name = "goodword.inboxes"
    label = "inboxes"
