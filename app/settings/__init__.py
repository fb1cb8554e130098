"""Settings: one frozen dataclass of options, the user's file, and the policy that IT fixed."""
