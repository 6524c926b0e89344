package io.nimoshake.app.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.GivenConfiguration;
import io.nimoshake.setup.config.Configuration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that says where a running sync listens. */
class RunningFileTest {
  private static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 4321);

  @TempDir Path directory;

  private Configuration configuration;

  @BeforeEach
  void load() throws Exception {
    configuration = configuration("one");
  }

  @Test
  void saysWhereTheSyncListensUntilItIsClosed() throws Exception {
    try (RunningFile written = RunningFile.write(configuration, List.of(ADDRESS))) {
      RunningFile.Content content = RunningFile.read(configuration).orElseThrow();
      assertEquals(ProcessHandle.current().pid(), content.pid());
      assertEquals(List.of(ADDRESS), content.listening());
      assertEquals(Optional.empty(), RunningFile.read(configuration("two")));
    }
    assertEquals(Optional.empty(), RunningFile.read(configuration));
    try (var files = Files.list(directory)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void aFileOfADeadProcessIsIgnored() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Path file = written();
    String text = Files.readString(file);
    Files.writeString(file, text.replaceFirst("(\"pid\" : )\\d+", "$1" + dead.pid()));
    assertFalse(Files.readString(file).equals(text));
    assertEquals(Optional.empty(), RunningFile.read(configuration));
  }

  /** Another program may get the process id of a killed sync. */
  @Test
  void aFileOfAnEarlierProcessWithTheSameIdIsIgnored() throws Exception {
    Path file = written();
    String text = Files.readString(file);
    Files.writeString(file, text.replaceFirst("20\\d\\d-", "2001-"));
    assertFalse(Files.readString(file).equals(text));
    assertEquals(Optional.empty(), RunningFile.read(configuration));
  }

  @Test
  void aFileThatIsNotOursIsIgnored() throws Exception {
    Files.writeString(RunningFile.path(configuration), "{\"pid\":");
    assertEquals(Optional.empty(), RunningFile.read(configuration));
  }

  @Test
  void syncsThatStartAtTheSameMomentShareTheirDirectory() {
    for (int round = 0; round < 100; round++) {
      Path shared = directory.resolve("nimo-shake-" + round);
      List<CompletableFuture<Void>> starts =
          IntStream.range(0, 4)
              .mapToObj(i -> CompletableFuture.runAsync(() -> create(shared)))
              .toList();
      starts.forEach(CompletableFuture::join);
    }
  }

  private static void create(Path shared) {
    try {
      RunningFile.createOurs(shared);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As in a container that runs as a number. */
  @Test
  void aUserWithoutANameHasADirectoryToo() throws Exception {
    String name = System.setProperty("user.name", "?");
    String temporary = System.setProperty("java.io.tmpdir", directory.toString());
    try {
      configuration = GivenConfiguration.least();
      for (int start = 0; start < 2; start++) {
        try (RunningFile written = RunningFile.write(configuration, List.of(ADDRESS))) {
          assertTrue(RunningFile.read(configuration).isPresent());
        }
      }
    } finally {
      System.setProperty("user.name", name);
      System.setProperty("java.io.tmpdir", temporary);
    }
  }

  private Path written() throws Exception {
    RunningFile.write(configuration, List.of(ADDRESS));
    Path file = RunningFile.path(configuration);
    assertTrue(RunningFile.read(configuration).isPresent());
    return file;
  }

  private Configuration configuration(String id) throws Exception {
    return Configuration.load(
        Optional.empty(),
        Map.of(),
        List.of("id=" + id, "target.address=mongodb://127.0.0.1", "pid_path=" + directory));
  }
}
