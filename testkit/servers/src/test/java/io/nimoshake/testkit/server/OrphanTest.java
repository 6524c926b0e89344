package io.nimoshake.testkit.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A parent that is killed leaves no server behind. */
class OrphanTest {
  @Test
  void theServerEndsWithItsParent() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String pid = parent.inputReader(StandardCharsets.UTF_8).readLine();
    ProcessHandle server = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    assertTrue(server.isAlive());

    parent.destroyForcibly();

    try {
      server.onExit().get(5, TimeUnit.MINUTES);
    } finally {
      server.destroyForcibly();
    }
  }

  /** Starts a server and says its process id. */
  static final class Parent {
    public static void main(String[] arguments) throws InterruptedException {
      MongoServer server = MongoServer.start();
      System.out.println(server.pid());
      Thread.currentThread().join();
    }
  }
}
