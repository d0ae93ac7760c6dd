"""A claim or a draft to verdicts with evidence on each side: `draft` splits, `evidence` finds, `weigh` judges."""
