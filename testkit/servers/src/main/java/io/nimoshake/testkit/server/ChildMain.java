package io.nimoshake.testkit.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The child's side of {@link ChildProcess}: says {@code ready PORT} once the server takes
 * connections, answers each line of its standard input with one line, and ends where that input
 * ends, be it that the parent closed it or that the parent is no more.
 */
final class ChildMain {
  private ChildMain() {}

  /** A server as the child sees it. */
  interface Server {
    /**
     * Starts it on a free port of the loopback interface.
     *
     * @return that port, taking connections
     */
    int start() throws Exception;

    /** Carries out an administrative command. */
    default void command(String name, String argument) throws Exception {
      throw new IllegalArgumentException("no such command: " + name);
    }
  }

  /** Does not return. */
  static void serve(Server server) {
    PrintStream answers = System.out;
    // The servers log to standard output, which here carries the answers.
    System.setOut(System.err);
    int exitCode = 1;
    try {
      answers.println("ready " + server.start());
      answers.flush();
      obey(server, answers);
      exitCode = 0;
    } catch (Exception e) { // Whatever it was: the parent shows what is on standard error.
      e.printStackTrace();
    } finally {
      // Not exit(): there is nothing to save, and a server's shutdown hook could hang.
      Runtime.getRuntime().halt(exitCode);
    }
  }

  private static void obey(Server server, PrintStream answers) throws IOException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ", 2);
      try {
        server.command(words[0], words.length > 1 ? words[1] : "");
        answers.println("ok");
      } catch (Exception e) { // A failed command is the parent's to judge; the server goes on.
        e.printStackTrace();
        answers.println("failed " + e);
      }
      answers.flush();
    }
  }
}
