"""How far a learner has come, and what they predicted and found."""
