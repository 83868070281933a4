from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "goodword.tasks"
    label = "tasks"
