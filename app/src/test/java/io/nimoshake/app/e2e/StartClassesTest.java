package io.nimoshake.app.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.testkit.wire.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher's archive of classes is made from the lists in {@code dist/lib}, which must go with
 * what a sync loads. To write {@code start.classlist} anew:
 *
 * <pre>./mvnw -pl app -am test -Dtest=StartClassesTest -Dstart.classlist.write=true \
 *     -Dsurefire.failIfNoSpecifiedTests=false</pre>
 *
 * With {@code -Djvm=FILE}, where FILE is the {@code bin/java} of Java 24 or newer, the same command
 * writes {@code start24.classlist}: what such a Java has besides. Its lines {@code @cp} give
 * numbers of entries in the constant pool of a class. Java ignores a number that is wrong.
 */
class StartClassesTest {
  private static final Path LIST = Path.of("src/main/dist/lib/start.classlist");
  private static final Path LIST_24 = Path.of("src/main/dist/lib/start24.classlist");
  private static final boolean IS_24 = Runtime.version().feature() >= 24;
  private static final double ENOUGH = 0.9;

  @TempDir Path directory;

  @Test
  void mostClassesOfASyncAreInTheList() throws Exception {
    List<String> loaded = linesOfASync();
    if (Boolean.getBoolean("start.classlist.write")) {
      Set<String> lines = new TreeSet<>(loaded);
      if (IS_24) {
        lines.removeAll(Files.readAllLines(LIST));
      }
      Files.write(IS_24 ? LIST_24 : LIST, lines);
    }
    Set<String> wanted = ofLibraries(loaded);
    Set<String> listed = ofLibraries(Files.readAllLines(LIST));
    if (IS_24) {
      listed.addAll(ofLibraries(Files.readAllLines(LIST_24)));
    }
    Set<String> missing = new TreeSet<>(wanted);
    missing.removeAll(listed);
    assertTrue(
        missing.size() < wanted.size() * (1 - ENOUGH),
        () ->
            missing.size()
                + " of "
                + wanted.size()
                + " classes are missing (see the comment of this class): "
                + missing);
  }

  /** A copy that is watched, a change, a stop: what is loaded until a restart has caught up. */
  private List<String> linesOfASync() throws IOException, InterruptedException {
    Path list = directory.resolve("loaded");
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S), 50);
      int port = FreePort.pick();
      Path conf =
          servers.configuration(directory, "sync_mode = all", "incr_sync.http_port = " + port);
      try (RunningSync sync = RunningSync.start(conf, "-XX:DumpLoadedClassList=" + list)) {
        BothSides.awaitCopied(servers, sync);
        BothSides.awaitCaughtUp(servers, List.of(Shape.S), sync);
        assertEquals(200, get(port, "metrics"));
        assertEquals(200, get(port, "api/v1/status"));
        assertEquals(0, sync.terminate(), sync::output);
      }
    }
    return Files.readAllLines(list).stream()
        .filter(line -> !line.startsWith("#") && !isFleeting(line))
        .map(line -> line.startsWith("@") ? line : line.split(" ")[0])
        .toList();
  }

  private static int get(int port, String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/" + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
        .statusCode();
  }

  /** Numbered anew by each build of Java. */
  private static boolean isFleeting(String line) {
    return line.matches("@cp (java|javax|jdk|sun|com/sun)/.*");
  }

  private static Set<String> ofLibraries(List<String> lines) {
    return lines.stream()
        .filter(line -> !line.startsWith("@"))
        .filter(name -> !name.matches("(java|javax|jdk|sun|com/sun)/.*"))
        .collect(Collectors.toSet());
  }
}
