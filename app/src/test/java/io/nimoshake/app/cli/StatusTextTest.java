package io.nimoshake.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What status says of a cut-over and of checks. */
class StatusTextTest {
  @Test
  void theCutOverAndTheLastChecksAreShown() throws Exception {
    assertEquals(
        List.of(
            "  cut-over: waiting, nothing is written since 2026-01-31T12:00:03Z",
            "  last check: 2 of 3 tables, the oldest 12 min 34 s ago",
            "  ! b: the check of 12:00: 3 differences"),
        lines(
            """
            {"state":"waiting","freeze":"2026-01-31T12:00:03Z","checks":[
              {"table":"a","ended":"x","age_seconds":754},
              {"table":"b","ended":"x","age_seconds":3,"in_the_way":"the check of 12:00: 3 differences"},
              {"table":"c"}]}\
            """));
    assertEquals(
        List.of("  never checked: nimo-shake check compares both sides"),
        lines("{\"state\":\"none\",\"checks\":[{\"table\":\"c\"}]}"));
    assertEquals(List.of(), lines("{\"state\":\"none\"}"));
  }

  private static List<String> lines(String json) throws Exception {
    return StatusText.cutOver(new ObjectMapper().readTree(json));
  }
}
