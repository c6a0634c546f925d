"""People × days × activities: whole schedules that obey rules of their own, and cover what is asked for together."""
