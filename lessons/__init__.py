"""The course: lessons as Markdown files, and the classroom around them."""
