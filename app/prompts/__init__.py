"""Stop 2, prompt: tasks are data in `resources/tasks`; one module renders them, and training uses it too."""
