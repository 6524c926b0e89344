package io.nimoshake.app.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.docs.Page.Block;
import io.nimoshake.app.docs.Page.Span;
import io.nimoshake.setup.config.ConfigKey;
import io.nimoshake.setup.config.ConfigKeys;
import io.nimoshake.setup.config.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation names exists: configuration keys, classes, pages and headings. */
class ReferencesTest {
  private static final Pattern SETTING = Pattern.compile("([a-z][A-Za-z0-9_.]*) = (\\S.*)");

  /** The first word of keys that consist of several. */
  private static final Set<String> FAMILIES =
      ConfigKeys.ALL.stream()
          .map(ConfigKey::name)
          .filter(name -> name.contains("."))
          .map(name -> name.replaceFirst("\\..*", ""))
          .collect(Collectors.toSet());

  private static final Set<String> KEYS =
      ConfigKeys.ALL.stream().map(ConfigKey::name).collect(Collectors.toSet());

  /**
   * {@code Type}, {@code Type.member} or {@code package.Type.member}, with or without arguments.
   */
  private static final Pattern TYPE =
      Pattern.compile("(?:[a-z]+\\.)*([A-Z][a-z]\\w*)(?:\\.(\\w+))?(?:\\(.*\\))?");

  /** Pages for developers, which name classes. */
  private static final List<String> FOR_DEVELOPERS =
      List.of("architecture.md", "walkthrough.md", "testing.md", "long-runs.md", "CONTRIBUTING.md");

  /** Names in these pages that are not of this code. */
  private static final Set<String> FOREIGN = Set.of("Host");

  @TempDir private Path directory;

  @Test
  void everyExampleOfAConfigurationLoads() throws Exception {
    int found = 0;
    for (Page page : Page.all()) {
      for (Block block : page.blocks()) {
        if (isConfiguration(block)) {
          found++;
          load(block);
        }
      }
    }
    assertTrue(found >= 2, found + " examples");
  }

  private static boolean isConfiguration(Block block) {
    return block.lines().stream().allMatch(line -> SETTING.matcher(line.strip()).matches());
  }

  private void load(Block block) throws Exception {
    Path mapping = Files.writeString(directory.resolve("mapping.yaml"), "version: 1\ntables: {}\n");
    List<String> lines =
        block.lines().stream().map(line -> line.replace("= mapping.yaml", "= " + mapping)).toList();
    Path conf = Files.write(directory.resolve("example.conf"), lines);
    boolean hasTarget =
        block.lines().stream().anyMatch(line -> line.strip().matches("target\\.(address|type) .*"));
    List<String> more = hasTarget ? List.of() : List.of("target.address=mongodb://127.0.0.1");
    Configuration.load(Optional.of(conf), Map.of(), more);
  }

  @Test
  void everyKeyInTheTextExists() {
    List<Span> unknown = new ArrayList<>();
    for (Page page : Page.all()) {
      for (Span span : page.spans()) {
        Matcher setting = SETTING.matcher(span.text());
        String name = setting.matches() ? setting.group(1) : span.text();
        if (looksLikeAKey(name) && !isKeyOrFamily(name)) {
          unknown.add(span);
        }
      }
    }
    assertEquals(List.of(), unknown);
  }

  private static boolean looksLikeAKey(String text) {
    return text.matches("[a-z]+(\\.[a-z_]+)+") && FAMILIES.contains(text.replaceFirst("\\..*", ""));
  }

  /** A text may speak of all keys that begin alike. */
  private static boolean isKeyOrFamily(String name) {
    return KEYS.contains(name) || KEYS.stream().anyMatch(key -> key.startsWith(name));
  }

  @Test
  void everyClassInTheTextExists() {
    Sources sources = Sources.read();
    List<Span> unknown = new ArrayList<>();
    int found = 0;
    for (String name : FOR_DEVELOPERS) {
      for (Span span : Page.named(name).spans()) {
        Matcher type = TYPE.matcher(span.text());
        if (type.matches() && !FOREIGN.contains(type.group(1))) {
          found++;
          boolean exists =
              sources.hasType(type.group(1))
                  && (type.group(2) == null || sources.hasMember(type.group(1), type.group(2)));
          if (!exists) {
            unknown.add(span);
          }
        }
      }
    }
    assertEquals(List.of(), unknown);
    assertTrue(found > 100, found + " names of classes");
  }

  @Test
  void everyLinkLeadsSomewhere() {
    List<Span> broken = new ArrayList<>();
    for (Page page : Page.all()) {
      for (Span link : page.links()) {
        if (!link.text().matches("https?://.*") && !leadsSomewhere(page, link.text())) {
          broken.add(link);
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  /** The site of the documentation takes its navigation from there. */
  @Test
  void theReadmeHasEveryPage() {
    Set<Path> linked =
        Page.named("README.md").links().stream()
            .map(link -> Page.ROOT.resolve(link.text()).normalize())
            .collect(Collectors.toSet());
    List<Path> missing =
        Page.all().stream()
            .map(Page::file)
            .filter(file -> !linked.contains(file) && !file.endsWith("README.md"))
            .toList();
    assertEquals(List.of(), missing);
  }

  private static boolean leadsSomewhere(Page page, String link) {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target = file.isEmpty() ? page.file() : page.file().resolveSibling(file).normalize();
    return Files.exists(target)
        && (hash < 0
            || Page.named(target.getFileName().toString())
                .anchors()
                .contains(link.substring(hash + 1)));
  }

  @Test
  void knowsWhatIsMissing() {
    assertTrue(looksLikeAKey("target.adress") && !isKeyOrFamily("target.adress"));
    assertTrue(isKeyOrFamily("full.read.filter"));
    assertFalse(looksLikeAKey("checkpoint.json."));
    Page readme = Page.named("README.md");
    assertFalse(leadsSomewhere(readme, "docs/nothing.md"));
    assertFalse(leadsSomewhere(readme, "docs/operations.md#nothing"));
    assertTrue(leadsSomewhere(readme, "docs/operations.md#is-it-healthy"));
    assertFalse(Sources.read().hasType("NoSuchType"));
  }
}
