/// The page, its style and its scripts: files that the program carries with it.
enum Page {
  private static let html = "text/html; charset=utf-8"
  private static let style = "text/css; charset=utf-8"
  private static let script = "text/javascript; charset=utf-8"

  /// What is served at `path`; nothing where nothing is.
  static func file(_ path: String) -> (type: String, bytes: [UInt8])? {
    switch path {
    case "/": (html, PackageResources.dashboard_html)
    case "/dashboard.css": (style, PackageResources.dashboard_css)
    case "/dashboard.js": (script, PackageResources.dashboard_js)
    case "/basics.js": (script, PackageResources.basics_js)
    case "/events.js": (script, PackageResources.events_js)
    case "/raster.js": (script, PackageResources.raster_js)
    case "/scores.js": (script, PackageResources.scores_js)
    case "/curves.js": (script, PackageResources.curves_js)
    case "/status.js": (script, PackageResources.status_js)
    case "/fields.js": (script, PackageResources.fields_js)
    default: nil
    }
  }
}
