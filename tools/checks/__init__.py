"""The project's own checks. Each module has one: functions that take text and return problems."""
