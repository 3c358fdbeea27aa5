"""Files of bulletins (port ``BulletinRenderer``): DOCX in official-document layout, HTML, PDF, and their charts."""
