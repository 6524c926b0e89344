package io.nimoshake.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
