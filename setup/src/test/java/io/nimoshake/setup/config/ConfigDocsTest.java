package io.nimoshake.setup.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The files made from the table of keys are up to date. To write them anew run this test with
 * {@code -Dnimoshake.docs=write}.
 */
class ConfigDocsTest {
  private static final Path SAMPLE = Path.of("../app/src/main/dist/conf/nimo-shake.conf");

  @Test
  void documentationIsUpToDate() throws IOException {
    assertUpToDate(Path.of("../docs/configuration.md"), ConfigDocs.markdown());
  }

  @Test
  void sampleFileIsUpToDate() throws IOException {
    assertUpToDate(SAMPLE, ConfigDocs.sampleFile());
  }

  @Test
  void sampleFileWithAnAddressCanBeUsed() throws Exception {
    Configuration.load(
        Optional.of(SAMPLE), Map.of(), List.of("target.address=mongodb://127.0.0.1"));
  }

  @Test
  void everyKeyIsInTheHelp() {
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      assertTrue(ConfigDocs.help().contains("  " + key.name()), key.name());
    }
  }

  @Test
  void theMigrationGuideHasEveryKeyOfTheGoTool() throws IOException {
    String guide = Files.readString(Path.of("../docs/migrating-from-go.md"));
    List<String> missing =
        ConfigKeysTest.GO.stream().filter(key -> !guide.contains("`" + key + "`")).toList();
    assertEquals(List.of(), missing);
  }

  private static void assertUpToDate(Path file, String expected) throws IOException {
    if ("write".equals(System.getProperty("nimoshake.docs"))) {
      Files.writeString(file, expected);
    }
    assertEquals(expected, Files.readString(file), file + " is not up to date");
  }
}
