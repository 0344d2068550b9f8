"""All tasks, in the order of the table."""

from benchmarks.peers import fit_tasks, index_tasks, reading_tasks, region_tasks

_MODULES = (index_tasks, fit_tasks, region_tasks, reading_tasks)
TASKS = tuple(task for module in _MODULES for task in module.TASKS)
