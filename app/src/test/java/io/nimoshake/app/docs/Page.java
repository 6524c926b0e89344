package io.nimoshake.app.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One page of the documentation, as far as tests look at it: code blocks, inline code, links and
 * headings.
 *
 * @param blocks fenced and indented code blocks
 * @param spans inline code, outside of blocks
 * @param links targets of links, outside of blocks
 * @param anchors what a link to a heading of this page may name after the {@code #}
 */
public record Page(
    Path file, List<Block> blocks, List<Span> spans, List<Span> links, Set<String> anchors) {
  /** The checkout, seen from a module. */
  public static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern CODE = Pattern.compile("(?<!`)`([^`]+)`(?!`)");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  /** A code block. */
  public record Block(Path page, int firstLine, List<String> lines) {}

  /** A piece of a line. */
  public record Span(Path page, int line, String text) {
    @Override
    public String toString() {
      return ROOT.relativize(page) + ":" + line + ": " + text;
    }
  }

  /** All pages for users and developers. */
  public static List<Page> all() {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      Stream.concat(top, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .forEach(files::add);
      return files.stream().map(Page::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The page of this name. */
  static Page named(String name) {
    return all().stream()
        .filter(page -> page.file().getFileName().toString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Page read(Path file) {
    try {
      return of(file, Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Page of(Path file, List<String> lines) {
    List<Block> blocks = new ArrayList<>();
    List<Span> spans = new ArrayList<>();
    List<Span> links = new ArrayList<>();
    Set<String> anchors = new TreeSet<>();
    List<String> block = null;
    boolean fenced = false;
    boolean afterBlank = true;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean fence = line.strip().startsWith("```");
      boolean indented = line.startsWith("    ");
      if (fence) {
        block = fenced ? null : begin(blocks, file, i + 2);
        fenced = !fenced;
      } else if (fenced) {
        block.add(line);
      } else if (indented && (block != null || afterBlank)) {
        block = block == null ? begin(blocks, file, i + 1) : block;
        block.add(line.strip());
      } else if (!line.isBlank()) {
        block = null;
        add(spans, CODE.matcher(line), file, i + 1);
        add(links, LINK.matcher(line), file, i + 1);
        if (line.startsWith("#")) {
          anchors.add(anchor(line));
        }
      }
      afterBlank = line.isBlank();
    }
    return new Page(file, blocks, spans, links, anchors);
  }

  private static List<String> begin(List<Block> blocks, Path file, int firstLine) {
    List<String> lines = new ArrayList<>();
    blocks.add(new Block(file, firstLine, lines));
    return lines;
  }

  private static void add(List<Span> spans, Matcher found, Path file, int line) {
    while (found.find()) {
      spans.add(new Span(file, line, found.group(1)));
    }
  }

  /** As GitHub makes it: lower case, without punctuation, hyphens for blanks. */
  private static String anchor(String heading) {
    return heading
        .replaceFirst("^#+\\s*", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
        .replace(' ', '-');
  }
}
