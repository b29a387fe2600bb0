/// The page, its style and its script: files that the program carries with it.
enum Page {
  static let html = PackageResources.dashboard_html
  static let style = PackageResources.dashboard_css
  static let script = PackageResources.dashboard_js
}
