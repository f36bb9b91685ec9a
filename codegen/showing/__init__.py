"""What a rule is, on one page for a notebook: equations, arguments, states and cost.

``written``  a spec -> its page
``page``     a page: data that JSON can say, so that it can be kept; as HTML, and as Markdown
"""
