package io.nimoshake.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What the program answers to its command line, run as a user runs it. */
class CommandLineTest {
  @TempDir Path dir;

  @Test
  void saysItsVersion() throws Exception {
    ChildProgram program = run("--version");
    assertEquals(0, program.exitCode());
    assertTrue(program.out().matches("nimo-shake \\d\\S*\\R"), program.out());
  }

  @Test
  void helps() throws Exception {
    ChildProgram program = run("--help");
    assertEquals(0, program.exitCode());
    assertTrue(program.out().contains("nimo-shake -conf=FILE"), program.out());
    ChildProgram archive = run("archive", "--help");
    assertEquals(0, archive.exitCode());
    assertTrue(archive.out().contains("Creates the class archive"), archive.out());
    ChildProgram keys = run("sync", "--help");
    assertEquals(0, keys.exitCode());
    assertTrue(keys.out().contains("  qps.full = 1000"), keys.out());
  }

  @Test
  void refusesWithOneLine() throws Exception {
    refused("nimo-shake: none.conf: there is no such file", "-conf=none.conf");
    refused("nimo-shake: none.conf: there is no such file", "-conf", "none.conf");
    refused("nimo-shake: none.conf: there is no such file", "sync", "--conf", "none.conf");
    refused("nimo-shake: Unmatched argument at index 0: 'snyc'", "snyc");
    refused("nimo-shake: --for: must be a number from 0 to 86400", "demo", "--for", "-5");
    Files.writeString(dir.resolve("t.conf"), "target.adress = mongodb://a\nid=x\n");
    refused(
        "nimo-shake: t.conf:1: there is no key target.adress; did you mean target.address?",
        "-conf=t.conf");
  }

  @Test
  void aDeadLetterFileThatIsNoneIsRefused() throws Exception {
    Files.writeString(dir.resolve("t.conf"), "target.address = mongodb://nowhere.invalid\n");
    refused("nimo-shake: --file: none does not exist", "replay", "--conf=t.conf", "--file=none");
    refused("nimo-shake: --file: '' is no file", "replay", "--conf=t.conf", "--file=");
  }

  /** Where the sync does not answer, the exit code would be 3. */
  @Test
  void aReportThatCannotBeWrittenIsRefusedFirst() throws Exception {
    Files.writeString(dir.resolve("t.conf"), "target.address = mongodb://nowhere.invalid\n");
    for (String command : List.of("cutover", "return")) {
      refused(
          "nimo-shake: --report: none/page.html cannot be written: ",
          command,
          "--conf=t.conf",
          "--report=none/page.html");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ","})
  void tablesWithoutANameAreNotAllTables(String names) throws Exception {
    Files.writeString(dir.resolve("t.conf"), "target.address = mongodb://nowhere.invalid\n");
    for (CommandLine command : CommandLineInterface.commandLine().getSubcommands().values()) {
      if (command.getCommandSpec().findOption("--tables") != null) {
        refused(
            "nimo-shake: --tables: names no table; leave the option out to select all tables",
            command.getCommandName(),
            "--conf=t.conf",
            "--tables",
            names);
      }
    }
    refused(
        "nimo-shake: give the table of the items with --table",
        "map",
        "--conf=t.conf",
        "--table=" + names.replaceAll("\\W", ""),
        "--key-schema=id",
        "--item={\"id\":{\"S\":\"a\"}}");
  }

  @Test
  void helpsOnACommand() throws Exception {
    ChildProgram program = run("help", "pause");
    assertEquals(0, program.exitCode());
    assertTrue(program.out().startsWith("Usage: nimo-shake pause"), program.out());
    refused("nimo-shake: there is no command staus; did you mean status?", "help", "staus");
  }

  @Test
  void validatesTheConfigurationOnly() throws Exception {
    Files.writeString(
        dir.resolve("t.conf"), "target.address = mongodb://u:geheim@nowhere.example\n");
    ChildProgram valid = run("validate", "--conf", "t.conf");
    assertEquals(0, valid.exitCode(), valid.err());
    assertEquals("t.conf is valid", valid.out().strip());
    ChildProgram shown = run("validate", "--conf", "t.conf", "--show");
    assertTrue(shown.out().contains("qps.full = 1000"), shown.out());
    assertFalse(shown.out().contains("geheim"), shown.out());
    refused("nimo-shake: --set: qps.full = x: must be", "validate", "--set", "qps.full=x");
  }

  @Test
  void mapsAnItemWithoutAConnection() throws Exception {
    Files.writeString(
        dir.resolve("t.conf"),
        "target.address = mongodb://nowhere.example\ntarget.table = new-x\n");
    ChildProgram shown =
        run(
            "map",
            "--conf=t.conf",
            "--table=x",
            "--key-schema=id",
            "--item={\"id\":{\"S\":\"a\"}}");
    assertEquals(0, shown.exitCode(), shown.err());
    assertEquals("", shown.err());
    assertTrue(shown.out().contains("collection: new-x"), shown.out());
    ChildProgram rejected =
        run(
            "map",
            "--conf=t.conf",
            "--table=x",
            "--key-schema=id:S",
            "--item={\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"x\"}}",
            "--json");
    assertEquals(1, rejected.exitCode(), rejected.err());
    assertTrue(rejected.out().startsWith("{\"outcome\":\"rejected\","), rejected.out());
    refused(
        "nimo-shake: --key-schema: id:X is not of the form pk:S,sk:N",
        "map",
        "--conf=t.conf",
        "--table=x",
        "--key-schema=id:X",
        "--item={}");
    refused(
        "nimo-shake: give an item with --item, or a key with --key",
        "map",
        "--conf=t.conf",
        "--table=x");
  }

  @Test
  void bashCompletesCommandsAndOptions() throws Exception {
    Files.writeString(dir.resolve("completion"), run("completion", "bash").out());
    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source ./completion && compopt() { :; } && COMP_WORDS=(nimo-shake status --wa) COMP_CWORD=2"
                    + " && _complete_nimo-shake; echo ${COMPREPLY[*]}")
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .start();
    String reply = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals("--watch", reply.strip());
  }

  @Test
  void fishCompletesEveryCommandAndOption() throws Exception {
    String script = run("completion", "fish").out();
    for (CommandLine command : CommandLineInterface.commandLine().getSubcommands().values()) {
      String name = command.getCommandName();
      assertTrue(script.contains(" -a " + name + " -d "), name);
      for (OptionSpec option : command.getCommandSpec().options()) {
        String line = "_from " + name + "' -l " + option.longestName().substring(2) + " ";
        assertTrue(script.contains(line), line);
      }
    }
    refused("nimo-shake: SHELL: must be bash, zsh or fish", "completion", "tcsh");
  }

  @Test
  void everyCommandHasAManualPage() throws Exception {
    ChildProgram program = run("man", "pages");
    assertEquals(0, program.exitCode(), program.err());
    for (CommandLine command : CommandLineInterface.commandLine().getSubcommands().values()) {
      Path page = dir.resolve("pages/man1/nimo-shake-" + command.getCommandName() + ".1");
      String text = Files.readString(page);
      for (OptionSpec option : command.getCommandSpec().options()) {
        assertTrue(text.contains(option.longestName().replace("-", "\\-")), page + text);
      }
    }
    String keys = Files.readString(dir.resolve("pages/man5/nimo-shake.conf.5"));
    assertTrue(keys.contains(".B qps.full\n"), keys);
  }

  @Test
  void withoutArgumentsItHelpsAndFails() throws Exception {
    ChildProgram program = run();
    assertEquals(2, program.exitCode());
    assertTrue(program.err().contains("nimo-shake -conf=FILE"), program.err());
  }

  @Test
  void takesKeysFromTheEnvironment() throws Exception {
    ChildProgram program =
        ChildProgram.run(dir, Map.of("NIMO_SHAKE_QPS_FULL", "none"), "sync", "--set", "id=x");
    assertEquals(2, program.exitCode());
    assertTrue(
        program.err().startsWith("nimo-shake: NIMO_SHAKE_QPS_FULL: qps.full = none: must be"),
        program.err());
  }

  @Test
  void noSecretReachesTheTerminal() throws Exception {
    Files.write(
        dir.resolve("t.conf"),
        List.of(
            "source.secret_access_key = hunter22",
            "target.address = mysql://u:hunter22@h",
            "qps.full = hunter22"));
    ChildProgram program = run("-conf=t.conf");
    assertEquals(2, program.exitCode());
    assertFalse(program.err().contains("hunter22"), program.err());
    assertEquals(3, program.err().lines().count(), program.err());
  }

  private void refused(String expected, String... arguments) throws Exception {
    ChildProgram program = run(arguments);
    assertEquals(2, program.exitCode(), program.err());
    assertTrue(program.err().startsWith(expected), program.err());
    assertEquals("", program.out());
  }

  private ChildProgram run(String... arguments) throws Exception {
    return ChildProgram.run(dir, Map.of(), arguments);
  }
}
