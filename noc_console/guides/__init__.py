"""Guides: playbooks, runbooks and checklists as data, evidence that is a number, three-valued decisions."""
