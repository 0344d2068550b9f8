"""The library that draws the charts of a page: the same for every study and language."""


def page_library() -> str:
    """The library as a script that a page holds; it depends on the version of vl-convert alone."""
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle.replace("</script", "<\\/script")
