package io.nimoshake.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.app.cutover.CutOverReport;
import io.nimoshake.app.cutover.CutOverResult;
import io.nimoshake.app.cutover.Turn;
import io.nimoshake.app.program.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class SwitchOptionsTest {
  @TempDir Path directory;

  /** Has these options as the commands have them. */
  @Command
  private static final class Host {
    @Mixin private SwitchOptions shared;
  }

  @Test
  void aPageThatCannotBeWrittenDoesNotHideThatTheSwitchIsRecorded() throws Exception {
    Path gone = directory.resolve("gone");
    PrintStream realOut = System.out;
    PrintStream realErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode;
    try {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      exitCode = options(gone.resolve("page.html")).report(cutOver());
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
    }
    assertEquals(ExitCode.DONE, exitCode);
    String told = out.toString(StandardCharsets.UTF_8);
    assertTrue(told.endsWith(": switch now" + System.lineSeparator()), told);
    String failure = err.toString(StandardCharsets.UTF_8);
    assertTrue(failure.startsWith("nimo-shake: --report: " + gone), failure);
    assertEquals(1, failure.lines().count(), failure);
  }

  @Test
  void thePageIsTriedBeforeAnythingIsAsked() throws Exception {
    Path fresh = directory.resolve("page.html");
    options(fresh).requireWritableReport();
    assertFalse(Files.exists(fresh), "nothing is left behind");
    Files.writeString(fresh, "an earlier one");
    options(fresh).requireWritableReport();
    assertEquals("an earlier one", Files.readString(fresh));
    ParameterException refused =
        assertThrows(
            ParameterException.class,
            () -> options(directory.resolve("no/page.html")).requireWritableReport());
    assertTrue(refused.getMessage().contains("cannot be written"), refused.getMessage());
    assertThrows(ParameterException.class, () -> options(directory).requireWritableReport());
  }

  private static SwitchOptions options(Path report) {
    Host host = new Host();
    new CommandLine(host).parseArgs("--report", report.toString());
    return host.shared;
  }

  private static CutOverReport cutOver() throws Exception {
    CutOverResult result =
        CutOverResult.done(
            new ObjectMapper().readTree("{\"freeze\":\"2026-01-01T00:00:00Z\"}"),
            Map.of(),
            Duration.ZERO);
    return new CutOverReport(Turn.CUT_OVER, "x", "MongoDB", result);
  }
}
