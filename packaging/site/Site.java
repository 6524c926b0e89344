import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * Makes a static site of the documentation: {@code Site CHECKOUT OUT}. Pages keep their places, so
 * links in them stay as they are, except for the ending. The navigation is the list in README.md.
 * Fails if a link of the site leads nowhere.
 */
final class Site {
  private static final List<Extension> EXTENSIONS =
      List.of(TablesExtension.create(), HeadingAnchorExtension.create());
  private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
  private static final HtmlRenderer RENDERER = HtmlRenderer.builder().extensions(EXTENSIONS).build();
  private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]+)\"");
  private static final Pattern ID = Pattern.compile("\\bid=\"([^\"]+)\"");

  private final Path checkout;
  private final Path out;

  /** The files of the checkout that a page links to and that are no pages. */
  private final Set<Path> files = new TreeSet<>();

  private Site(Path checkout, Path out) {
    this.checkout = checkout;
    this.out = out;
  }

  public static void main(String[] arguments) throws IOException {
    Path checkout = Path.of(arguments[0]).toAbsolutePath().normalize();
    List<String> broken = new Site(checkout, Path.of(arguments[1]).toAbsolutePath()).make();
    broken.forEach(link -> System.err.println("site: leads nowhere: " + link));
    System.exit(broken.isEmpty() ? 0 : 1);
  }

  /** Returns the links that lead nowhere. */
  private List<String> make() throws IOException {
    Map<Path, Node> pages = new TreeMap<>();
    for (Path page : pages()) {
      pages.put(page, PARSER.parse(Files.readString(checkout.resolve(page))));
    }
    Map<Path, String> navigation = navigation(pages.get(Path.of("README.md")));
    Map<Path, String> written = new TreeMap<>();
    for (Map.Entry<Path, Node> page : pages.entrySet()) {
      Path place = place(page.getKey());
      String html = html(page.getKey(), page.getValue(), navigation);
      Files.createDirectories(out.resolve(place).getParent());
      Files.writeString(out.resolve(place), html);
      written.put(place, html);
    }
    for (Path file : files) {
      Files.createDirectories(out.resolve(file).getParent());
      Files.copy(
          checkout.resolve(file), out.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    System.out.println("the site has " + written.size() + " pages: " + out.resolve("index.html"));
    return broken(written);
  }

  private List<Path> pages() throws IOException {
    try (Stream<Path> top = Files.list(checkout);
        Stream<Path> docs = Files.list(checkout.resolve("docs"))) {
      return Stream.concat(top, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .map(checkout::relativize)
          .toList();
    }
  }

  /** Where a page of the checkout is in the site. */
  private static Path place(Path page) {
    String name = page.toString().replaceFirst("\\.md$", ".html");
    return Path.of(name.equals("README.html") ? "index.html" : name);
  }

  /** The links after the heading "Documentation": page and title. */
  private static Map<Path, String> navigation(Node readme) {
    Map<Path, String> links = new LinkedHashMap<>();
    links.put(Path.of("README.md"), "nimo-shake");
    readme.accept(
        new AbstractVisitor() {
          private boolean inList;

          @Override
          public void visit(Heading heading) {
            inList = text(heading).equals("Documentation");
          }

          @Override
          public void visit(Link link) {
            if (inList && !link.getDestination().contains("#")) {
              links.put(Path.of(link.getDestination()), text(link));
            }
          }
        });
    if (links.size() < 2) {
      throw new IllegalStateException("README.md has no list under the heading Documentation");
    }
    return links;
  }

  private String html(Path page, Node content, Map<Path, String> navigation) {
    content.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Link link) {
            link.setDestination(destination(page, link.getDestination()));
            visitChildren(link);
          }

          @Override
          public void visit(Image image) {
            image.setDestination(destination(page, image.getDestination()));
          }
        });
    Path from = place(page);
    String menu =
        navigation.entrySet().stream()
            .map(
                entry ->
                    "<li><a href=\"%s\"%s>%s</a></li>"
                        .formatted(
                            relative(from, place(entry.getKey())),
                            entry.getKey().equals(page) ? " aria-current=\"page\"" : "",
                            entry.getValue()))
            .collect(joining("\n"));
    return TEMPLATE.formatted(title(content), STYLE, menu, RENDERER.render(content));
  }

  /** The destination in the site. Notes a file that must be copied. */
  private String destination(Path page, String link) {
    if (URI.create(link).isAbsolute() || link.startsWith("#")) {
      return link;
    }
    int hash = link.indexOf('#');
    String anchor = hash < 0 ? "" : link.substring(hash);
    Path file = page.resolveSibling(hash < 0 ? link : link.substring(0, hash)).normalize();
    if (file.toString().endsWith(".md")) {
      return relative(place(page), place(file)) + anchor;
    }
    if (Files.isRegularFile(checkout.resolve(file))) {
      files.add(file);
    }
    return link;
  }

  private static String relative(Path from, Path to) {
    Path directory = from.getParent() == null ? Path.of("") : from.getParent();
    return directory.relativize(to).toString();
  }

  private static String title(Node content) {
    return text(content.getFirstChild());
  }

  private static String text(Node node) {
    StringBuilder text = new StringBuilder();
    node.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Text part) {
            text.append(part.getLiteral());
          }
        });
    return text.toString();
  }

  private List<String> broken(Map<Path, String> written) {
    Map<Path, Set<String>> anchors = new TreeMap<>();
    written.forEach((page, html) -> anchors.put(page, new TreeSet<>(all(ID, html))));
    List<String> broken = new ArrayList<>();
    written.forEach(
        (page, html) -> {
          for (String link : all(LINK, html)) {
            if (!URI.create(link).isAbsolute() && !leadsSomewhere(page, link, anchors)) {
              broken.add(page + ": " + link);
            }
          }
        });
    return broken;
  }

  private boolean leadsSomewhere(Path page, String link, Map<Path, Set<String>> anchors) {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
    if (hash >= 0) {
      return anchors.containsKey(target)
          && anchors.get(target).contains(link.substring(hash + 1));
    }
    return Files.isRegularFile(out.resolve(target));
  }

  private static List<String> all(Pattern pattern, String html) {
    return pattern.matcher(html).results().map((MatchResult found) -> found.group(1)).toList();
  }

  private static final String STYLE =
      """
      :root { color-scheme: light dark; }
      body { margin: 0; font: 16px/1.6 system-ui, sans-serif; display: flex; }
      nav { flex: 0 0 15rem; padding: 1rem; height: 100vh; box-sizing: border-box; overflow: auto;
        position: sticky; top: 0; border-right: 1px solid #8884; }
      nav ul { list-style: none; margin: 0; padding: 0; }
      nav li:first-child { font-weight: bold; }
      nav [aria-current] { font-weight: bold; text-decoration: none; color: inherit; }
      main { flex: 1; min-width: 0; max-width: 54rem; padding: 1rem 2rem 4rem; }
      img { max-width: 100%; }
      pre, code { font: 14px/1.5 ui-monospace, monospace; background: #8882; border-radius: 4px; }
      code { padding: 0 .2em; }
      pre { padding: .7rem 1rem; overflow: auto; }
      pre code { padding: 0; background: none; }
      table { border-collapse: collapse; display: block; overflow: auto; }
      td, th { border: 1px solid #8884; padding: .3rem .6rem; text-align: left; vertical-align: top; }
      a { color: LinkText; }
      @media (max-width: 50rem) { body { display: block; } nav { height: auto; position: static; } }
      @media print { nav { display: none; } }
      """;

  private static final String TEMPLATE =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>%s</title>
      <style>
      %s</style>
      <nav aria-label="Pages"><ul>
      %s
      </ul></nav>
      <main>
      %s</main>
      </html>
      """;
}
