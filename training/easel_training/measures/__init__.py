"""What weights are worth on tasks that training never saw: losses, pictures as the judge reads them, intervals."""
