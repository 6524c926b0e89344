package io.nimoshake.testkit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerJarsTest {
  @TempDir Path directory;

  @Test
  void findsTheCheckoutFromAnyDirectoryInIt() throws IOException {
    Files.createDirectories(directory.resolve("testkit/dynamodb-local"));
    Files.createFile(directory.resolve("testkit/dynamodb-local/pom.xml"));
    Path inside = Files.createDirectories(directory.resolve("app/target"));

    assertEquals(Optional.of(directory), ServerJars.checkout(inside));
  }

  @Test
  void takesJarsOfTheBuildOrJarsLaidThereByHand() throws IOException {
    Path plain = Files.createDirectories(directory.resolve("some-server"));
    Files.createFile(plain.resolve("a.jar"));
    assertEquals(plain, ServerJars.find("some-server", "Some", Optional.of(directory)));

    Path built = Files.createDirectories(plain.resolve("target/lib"));
    Files.createFile(built.resolve("a.jar"));
    assertEquals(built, ServerJars.find("some-server", "Some", Optional.of(directory)));
  }

  @Test
  void saysWhereToGetAMissingServer() {
    MissingServerException outside =
        assertThrows(
            MissingServerException.class, () -> ServerJars.find("x", "Some", Optional.empty()));
    assertTrue(outside.getMessage().contains("in a checkout"), outside.getMessage());

    MissingServerException unbuilt =
        assertThrows(
            MissingServerException.class,
            () -> ServerJars.find("some-server", "Some", Optional.of(directory)));
    assertTrue(unbuilt.getMessage().contains("-pl testkit/some-server"), unbuilt.getMessage());
    assertTrue(unbuilt.getMessage().contains(directory.toString()), unbuilt.getMessage());
  }
}
