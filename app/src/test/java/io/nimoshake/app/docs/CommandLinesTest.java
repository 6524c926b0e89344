package io.nimoshake.app.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.cli.CommandLineInterface;
import io.nimoshake.app.docs.Page.Block;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every command line of the documentation is one that its program accepts. {@code
 * DocumentedCommandsTest} also runs those that need nothing but a sync.
 */
class CommandLinesTest {
  private static final Set<String> GOALS =
      Set.of(
          "verify",
          "test",
          "package",
          "test-compile",
          "spotless:apply",
          "dependency:build-classpath");

  /** Properties of Maven and its plugins. */
  private static final Set<String> PROPERTIES =
      Set.of("maven.test.skip", "skipTests", "surefire.failIfNoSpecifiedTests");

  private static final Pattern OPTION = Pattern.compile("names = \"(--[a-z]+)\"");
  private static final Sources SOURCES = Sources.read();

  @Test
  void thereAreSome() {
    assertTrue(DocumentedCommand.all().size() > 30);
    Set<String> programs =
        DocumentedCommand.all().stream()
            .map(DocumentedCommand::program)
            .collect(Collectors.toSet());
    assertTrue(programs.containsAll(List.of("nimo-shake", "./mvnw", "curl", "java", "flink")));
  }

  @TestFactory
  Stream<DynamicTest> each() {
    return DocumentedCommand.all().stream()
        .map(command -> DynamicTest.dynamicTest(command.toString(), () -> check(command)));
  }

  /** Otherwise a command in the middle of a block of something else would not be looked at. */
  @Test
  void aBlockHasOnlyCommandsOrNone() {
    for (Page page : Page.all()) {
      for (Block block : page.blocks()) {
        boolean commands = DocumentedCommand.hasCommands(block);
        for (DocumentedCommand line : DocumentedCommand.of(block)) {
          assertEquals(
              commands || line.words().isEmpty(),
              DocumentedCommand.isProgram(line.program()) || line.words().isEmpty(),
              line::toString);
        }
      }
    }
  }

  private static void check(DocumentedCommand command) throws Exception {
    List<String> arguments = command.arguments();
    switch (command.program()) {
      case "nimo-shake", "bin/nimo-shake", "./nimo-shake" -> nimoShake(arguments);
      case "./nimo-shake-bench" -> bench(arguments);
      case "./mvnw" -> maven(arguments);
      case "curl" -> CurlCall.of(arguments);
      case "java" -> java(arguments);
      case "flink" -> flink(arguments);
      default -> throw new AssertionError("no rule for " + command.program());
    }
  }

  /** Fails as the program would, with the words of the program. */
  private static void nimoShake(List<String> arguments) {
    // A number stands for N and SECONDS in a description of an option.
    CommandLineInterface.commandLine().parseArgs(arguments.toArray(String[]::new));
  }

  private static void bench(List<String> arguments) throws Exception {
    String main =
        Files.readString(Page.ROOT.resolve("bench/src/main/java/io/nimoshake/bench/Main.java"));
    List<String> options = OPTION.matcher(main).results().map(found -> found.group(1)).toList();
    assertTrue(options.contains("--quick"), "the options of the suite were not found");
    boolean valueFollows = false;
    for (String argument : arguments) {
      if (argument.startsWith("--")) {
        assertTrue(options.contains(argument), argument);
        valueFollows = Set.of("--docs", "--peer", "--out").contains(argument);
      } else if (!valueFollows) {
        assertTrue(main.contains("case " + argument.toUpperCase(Locale.ROOT) + " ->"), argument);
      }
    }
  }

  private static void maven(List<String> arguments) {
    List<Path> modules = new ArrayList<>();
    boolean goal = false;
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.equals("-pl")) {
        for (String name : arguments.get(++i).split(",")) {
          modules.add(Page.ROOT.resolve(name));
        }
      } else if (argument.startsWith("-Dtest=")) {
        // After the modules on every line.
        Path test = SOURCES.fileOf(argument.substring("-Dtest=".length()));
        assertTrue(modules.stream().anyMatch(test::startsWith), argument + ": another module");
      } else if (argument.startsWith("-D")) {
        String name = argument.substring(2).replaceFirst("=.*", "");
        assertTrue(PROPERTIES.contains(name) || SOURCES.mentionProperty(name), argument);
      } else if (argument.startsWith("-P")) {
        assertTrue(SOURCES.haveProfile(argument.substring(2)), argument);
      } else if (!argument.equals("-am")) {
        assertTrue(GOALS.contains(argument), argument);
        goal = true;
      }
    }
    assertTrue(goal, "no goal");
    modules.forEach(module -> assertTrue(Files.exists(module.resolve("pom.xml")), module + ""));
  }

  private static void java(List<String> arguments) {
    List<String> classes =
        arguments.stream().filter(argument -> argument.startsWith("io.nimoshake.")).toList();
    assertEquals(1, classes.size());
    String name = classes.get(0).replaceFirst(".*\\.", "");
    Path file = SOURCES.fileOf(name);
    assertTrue(file.toString().endsWith(classes.get(0).replace('.', '/') + ".java"), file + "");
  }

  /** What follows the jar are the options of the job. A text may name the command alone. */
  private static void flink(List<String> arguments) {
    assertTrue(List.of("run", "stop").contains(arguments.get(0)), arguments.get(0));
    int jar = arguments.indexOf("nimo-shake-flink.jar");
    assertEquals(arguments.get(0).equals("run") && arguments.size() > 1, jar > 0);
    for (int i = jar + 1; jar > 0 && i < arguments.size(); i += 2) {
      assertTrue(List.of("--conf-file", "--set").contains(arguments.get(i)), arguments.get(i));
    }
  }

  // --- the tools of this test -----------------------------------------------------------------

  @Test
  void findsCommandsWhereverTheyStand() {
    Page page =
        Page.of(
            Page.ROOT.resolve("page.md"),
            List.of(
                "Run `curl -X a` or `curl`:",
                "",
                "    nimo-shake plan --conf FILE  # and why",
                "    curl -d '{\"a\": 1}' \\",
                "      127.0.0.1:1/x",
                "",
                "- in a list",
                "",
                "      ./mvnw verify",
                "",
                "- over two lines",
                "    java not code",
                "",
                "```",
                "java X",
                "```"));
    assertEquals(
        List.of(
            List.of("nimo-shake", "plan", "--conf", "FILE"),
            List.of("curl", "-d", "{\"a\": 1}", "127.0.0.1:1/x"),
            List.of("./mvnw", "verify"),
            List.of("java", "X"),
            List.of("curl", "-X", "a")),
        DocumentedCommand.of(page).map(DocumentedCommand::words).toList());
  }

  @Test
  void knowsWhatIsWrong() {
    assertFails("./nimo-shake", "demo", "--four", "120");
    assertFails("nimo-shake", "comapre", "--conf", "FILE");
    assertFails("./nimo-shake-bench", "--fast");
    assertFails("./nimo-shake-bench", "copies");
    assertFails("./mvnw", "-pl", "core", "-am", "test", "-Dtest=NoSuchTest");
    assertFails("./mvnw", "-pl", "app", "-am", "test", "-Dtest=SplitPipelineTest");
    assertFails("./mvnw", "-pl", "nowhere", "package");
    assertFails("./mvnw", "test", "-Dno.such.property=1");
    assertFails("./mvnw", "-pl", "core");
    assertFails("./mvnw", "-Pnowhere", "package");
    assertFails("java", "-cp", "X", "io.nimoshake.bench.NoSuchClass");
    assertFails("flink", "run", "nimo-shake-flink.jar", "--config", "F");
    assertFails("curl", "-H", "no colon", "127.0.0.1:9341/healthz");
  }

  private static void assertFails(String... words) {
    DocumentedCommand command =
        new DocumentedCommand(new Page.Span(Page.ROOT, 1, String.join(" ", words)), List.of(words));
    boolean fails = false;
    try {
      check(command);
      // Whatever the program or the rule throws.
    } catch (Exception | AssertionError e) {
      fails = true;
    }
    assertTrue(fails, command::toString);
  }

  @Test
  void keepsQuotedWordsTogether() {
    assertEquals(
        List.of("a", "b c", "", "d#e"), DocumentedCommand.words("a 'b c' \"\" d#e # comment"));
    Matcher none = OPTION.matcher("names = {\"-a\"}");
    assertFalse(none.find());
  }
}
