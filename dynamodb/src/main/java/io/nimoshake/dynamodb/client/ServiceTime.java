package io.nimoshake.dynamodb.client;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * The service's clock, read from the {@code Date} header of its answers. It has whole seconds and
 * is never ahead of the service. Where a service sends no such header, this machine's clock is
 * used.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#name-date">RFC 9110, Date</a>
 */
public final class ServiceTime {
  private ServiceTime() {}

  public static Instant of(SdkResponse response) {
    return of(response.sdkHttpResponse());
  }

  public static Instant of(AwsServiceException e) {
    AwsErrorDetails details = e.awsErrorDetails();
    return of(details == null ? null : details.sdkHttpResponse());
  }

  public static Instant of(SdkHttpResponse response) {
    return Optional.ofNullable(response)
        .flatMap(r -> r.firstMatchingHeader("Date"))
        .flatMap(ServiceTime::parse)
        .orElseGet(Instant::now);
  }

  private static Optional<Instant> parse(String date) {
    try {
      return Optional.of(
          ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      // An unknown date format counts as no date.
      return Optional.empty();
    }
  }
}
