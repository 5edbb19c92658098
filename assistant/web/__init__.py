"""The web app: its screens, and what is drawn on them. The only package that knows Gradio."""
