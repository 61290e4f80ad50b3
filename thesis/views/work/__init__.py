"""Tasks, milestones and the plan by weeks."""
