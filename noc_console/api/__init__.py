"""The agent's REST API: each route is one call into the agent."""
