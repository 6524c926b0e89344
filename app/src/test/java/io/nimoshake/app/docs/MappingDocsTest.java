package io.nimoshake.app.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import io.nimoshake.app.docs.Page.Block;
import io.nimoshake.mapping.yaml.MappingReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/mapping.md. */
class MappingDocsTest {
  @TempDir private Path directory;

  private static List<String> files() {
    return Page.named("mapping.md").blocks().stream()
        .map(Block::lines)
        .filter(lines -> lines.get(0).equals("version: 1"))
        .map(lines -> String.join("\n", lines) + "\n")
        .toList();
  }

  private static String ofTheShop() {
    return files().stream().filter(file -> file.contains("  shop:")).findFirst().orElseThrow();
  }

  @Test
  void everyMappingFileIsValid() throws Exception {
    assertTrue(files().size() >= 4);
    for (String file : files()) {
      MappingReader.read("mapping.md", file);
    }
  }

  /** The page says that the demo runs this file. */
  @Test
  void theDemoRunsTheExample() throws Exception {
    Path demo = Page.ROOT.resolve("app/src/main/resources/io/nimoshake/app/demo/mapping.yaml");
    assertEquals(ofTheShop(), Files.readString(demo));
  }

  /** As it is written, with the mapping file of the page. */
  @Test
  void theCommandThatNeedsNoConnectionShowsADocument() throws Exception {
    Path mapping = Files.writeString(directory.resolve("mapping.yaml"), ofTheShop());
    Path conf =
        Files.write(
            directory.resolve("t.conf"),
            List.of("target.address = mongodb://nowhere.example", "mapping.file = " + mapping));
    List<DocumentedCommand> commands =
        DocumentedCommand.of(Page.named("mapping.md"))
            .filter(command -> command.words().contains("--key-schema"))
            .filter(command -> command.words().contains("map"))
            .toList();
    assertEquals(1, commands.size());
    ChildProgram program =
        ChildProgram.run(
            directory,
            Map.of(),
            commands.get(0).arguments().stream()
                .map(word -> word.equals("FILE") ? conf.toString() : word)
                .toArray(String[]::new));
    assertEquals(0, program.exitCode(), program.err());
    assertTrue(program.out().contains("collection: customers"), program.out());
    assertTrue(program.out().contains("_id:        \"7\""), program.out());
  }
}
