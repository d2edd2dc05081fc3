"""Mail: one SMTP server, given by EMBAN_SMTP_URL, for invitations, alerts and reports."""
