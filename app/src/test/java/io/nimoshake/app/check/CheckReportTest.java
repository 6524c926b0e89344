package io.nimoshake.app.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.app.program.ExitCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckReportTest {
  @Test
  void aTableThatCouldNotBeComparedIsNotEqual() throws Exception {
    CheckResult result = result(table(0, 0, "it is being copied"), table(0, 0, null));
    JsonNode json = json(result);
    assertFalse(json.path("equal").asBoolean(), json::toPrettyString);
    assertFalse(json.path("complete").asBoolean(), json::toPrettyString);
    assertEquals("not all could be compared", result.whyNotEqual());
    assertEquals(ExitCode.FATAL, result.exitCode());
  }

  @Test
  void itemsThatDidNotSettleAreNotEqual() throws Exception {
    CheckResult result = result(table(0, 2, null));
    assertFalse(json(result).path("equal").asBoolean());
    assertEquals("not all could be compared", result.whyNotEqual());
    assertEquals("both sides differ", result(table(1, 2, null)).whyNotEqual());
  }

  @Test
  void whatWasComparedAndIsTheSameIsEqual() throws Exception {
    CheckResult result = result(table(0, 0, null));
    assertTrue(json(result).path("equal").asBoolean());
    assertTrue(json(result).path("complete").asBoolean());
    assertEquals(ExitCode.DONE, result.exitCode());
    assertEquals(ExitCode.FAILED_TABLES, result(table(1, 0, null)).exitCode());
  }

  private static JsonNode json(CheckResult result) throws Exception {
    return new ObjectMapper()
        .readTree(new CheckReport(result, CheckOptions.ALL, false, false).json());
  }

  private static CheckResult result(TableResult... tables) {
    return new CheckResult(List.of(tables), List.of(), Duration.ZERO);
  }

  static TableResult table(long missing, long unsettled, String failure) {
    return new TableResult(
        "t",
        Optional.empty(),
        3,
        3,
        missing,
        0,
        0,
        0,
        unsettled,
        List.of(),
        0,
        List.of(),
        List.of(),
        Optional.ofNullable(failure),
        Duration.ZERO);
  }
}
