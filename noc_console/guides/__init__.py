"""Guides: playbooks, runbooks and checklists as data; questions answered by evidence, decided by three-valued logic."""
