package io.nimoshake.testkit.export;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimoshake.testkit.wire.Answer;
import io.nimoshake.testkit.wire.Call;
import io.nimoshake.testkit.wire.Gateway;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

/**
 * The clock of a service that may be ahead of this machine's by any time. Whoever lets time pass
 * here makes the streams of the server behind it older by the same time. Then each record is shown
 * with the time that it had from its beginning.
 */
final class ServiceClock {
  private static final String CREATED = "ApproximateCreationDateTime";
  private static final JsonMapper JSON = new JsonMapper();

  private volatile Duration ahead = Duration.ZERO;

  Instant now() {
    return Instant.now().plus(ahead);
  }

  synchronized void pass(Duration time) {
    ahead = ahead.plus(time);
  }

  /** The answer with the times of this clock. */
  Answer show(Call call, Answer answer) throws IOException {
    Duration shift = ahead;
    if (shift.isZero()) {
      return answer;
    }
    Answer shown =
        call.operation().equals("GetRecords") && answer.status() == 200
            ? Answer.of(200, shifted(answer.body(), shift))
            : answer;
    return shown.withHeader("Date", Gateway.date(now().atZone(ZoneOffset.UTC)));
  }

  private static byte[] shifted(byte[] body, Duration shift) throws IOException {
    JsonNode answer = JSON.readTree(body);
    for (JsonNode each : answer.path("Records")) {
      ObjectNode record = (ObjectNode) each.path("dynamodb");
      record.put(CREATED, record.path(CREATED).asLong() + shift.toSeconds());
    }
    return answer.toString().getBytes(UTF_8);
  }
}
