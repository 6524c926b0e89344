package io.nimoshake.app.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user runs it. */
class DemoTest {
  @TempDir Path dir;

  @Test
  void endsWithBothSidesEqual() throws Exception {
    ChildProgram program = ChildProgram.run(dir, Map.of(), "demo");
    assertEquals(0, program.exitCode(), program.err() + program.out());
    assertTrue(program.out().contains("Both sides are equal."), program.out());
    for (String table : List.of("customers", "orders", "events")) {
      assertTrue(
          program.out().lines().anyMatch(l -> l.matches(" *" + table + " .* items .*  equal")),
          program.out());
    }
    assertEquals("", program.err());
    try (Stream<Path> files = Files.list(dir)) {
      assertEquals(List.of("err", "out"), files.map(f -> f.getFileName() + "").sorted().toList());
    }
  }

  @Test
  void takesASingleTableDesignApart() throws Exception {
    ChildProgram program = ChildProgram.run(dir, Map.of(), "demo", "--mapping");
    assertEquals(0, program.exitCode(), program.err() + program.out());
    assertTrue(program.out().contains("Both sides are equal."), program.out());
    for (String collection : List.of("customers", "orders", "drafts", "rest")) {
      assertTrue(
          program
              .out()
              .lines()
              .anyMatch(l -> l.matches("  " + collection + " .* documents, such as")),
          program.out());
    }
    assertEquals("", program.err());
  }

  @Test
  void goesToMongoDbAndComesBack() throws Exception {
    ChildProgram program = ChildProgram.run(dir, Map.of(), "demo", "--cutover");
    assertEquals(0, program.exitCode(), program.err() + program.out());
    assertTrue(
        program.out().lines().anyMatch(l -> l.matches(".*is in MongoDB at .*: switch now")),
        program.out());
    assertTrue(
        program.out().lines().anyMatch(l -> l.matches(".*is in DynamoDB at .*: switch now")),
        program.out());
    assertTrue(program.out().contains("Both sides are equal."), program.out());
    assertEquals("", program.err());
  }
}
