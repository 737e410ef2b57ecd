"""What a lesson file may say: its YAML, the names it may use, and how a mistake is reported."""
