package io.nimoshake.app.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Java sources and the poms of the checkout, to look names up. */
final class Sources {
  private static final Pattern TYPE =
      Pattern.compile("\\b(?:class|record|interface|enum)\\s+([A-Z]\\w*)");

  private final Map<String, Path> files = new HashMap<>();

  /** Text of the files that declare a type of this name, nested or not. */
  private final Map<String, StringBuilder> types = new HashMap<>();

  private final StringBuilder all = new StringBuilder();

  private Sources() {}

  static Sources read() {
    Sources sources = new Sources();
    try (Stream<Path> found = Files.walk(Page.ROOT)) {
      for (Path file :
          found.filter(Files::isRegularFile).filter(Sources::isSource).sorted().toList()) {
        sources.add(file);
      }
      return sources;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isSource(Path file) {
    String path = Page.ROOT.relativize(file).toString();
    return !path.contains("target/")
        && (path.contains("src/") && path.endsWith(".java") || path.endsWith("pom.xml"));
  }

  private void add(Path file) throws IOException {
    String text = Files.readString(file);
    all.append(text).append('\n');
    if (file.toString().endsWith(".java")) {
      files.put(file.getFileName().toString().replace(".java", ""), file);
      Matcher type = TYPE.matcher(text);
      List<String> seen = new ArrayList<>();
      while (type.find()) {
        if (!seen.contains(type.group(1))) {
          seen.add(type.group(1));
          types.computeIfAbsent(type.group(1), name -> new StringBuilder()).append(text);
        }
      }
    }
  }

  /** The file of a top-level class. */
  Path fileOf(String simpleName) {
    return Optional.ofNullable(files.get(simpleName))
        .orElseThrow(() -> new AssertionError("there is no class " + simpleName));
  }

  boolean hasType(String simpleName) {
    return types.containsKey(simpleName);
  }

  /** Whether a file that declares this type has a method, field or constant of this name. */
  boolean hasMember(String simpleName, String member) {
    return Pattern.compile("\\b" + Pattern.quote(member) + "\\b")
        .matcher(types.getOrDefault(simpleName, new StringBuilder()))
        .find();
  }

  /** Whether some code, or a pom, uses a system property of this name. */
  boolean mentionProperty(String name) {
    return all.indexOf("\"" + name + "\"") >= 0 || all.indexOf("<" + name + ">") >= 0;
  }

  /** Whether a build file has a profile of this name. */
  boolean haveProfile(String name) {
    return Pattern.compile("<profile>\\s*(<!--.*?-->\\s*)?<id>" + name + "</id>", Pattern.DOTALL)
        .matcher(all)
        .find();
  }
}
