package io.nimoshake.dynamodb.client;

import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.FailedCalls.Kind;
import java.util.List;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.core.metrics.CoreMetric;
import software.amazon.awssdk.http.HttpMetric;
import software.amazon.awssdk.metrics.MetricCollection;
import software.amazon.awssdk.metrics.MetricPublisher;

/**
 * Counts failed attempts of calls, also those that the SDK retries by itself. The SDK reports
 * attempts through its metrics, which lack the service's error code. For a refusal, which the SDK
 * does not retry, the exception has the code.
 *
 * @see <a href="https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/metrics-list.html">
 *     AWS SDK for Java, Service client metrics</a>
 */
final class FailedAttempts implements MetricPublisher, ExecutionInterceptor {
  private final FailedCalls failed;

  FailedAttempts(FailedCalls failed) {
    this.failed = failed;
  }

  @Override
  public void onExecutionFailure(Context.FailedExecution call, ExecutionAttributes attributes) {
    if (call.exception() instanceof AwsServiceException e && isRefusal(e)) {
      failed.count(
          attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME),
          Faults.isThrottling(e) ? Kind.THROTTLED : Kind.REFUSED);
    }
  }

  /** The metrics report such a refusal as a server error, although the status is 4xx. */
  private static boolean isRefusal(AwsServiceException e) {
    return e.statusCode() < 500 && !e.isThrottlingException();
  }

  @Override
  public void publish(MetricCollection call) {
    List<MetricCollection> attempts = call.children();
    for (int i = 0; i < attempts.size(); i++) {
      for (String error : attempts.get(i).metricValues(CoreMetric.ERROR_TYPE)) {
        boolean refused = error.equals("ServerError") && !isServersOwn(attempts.get(i));
        boolean last = i == attempts.size() - 1;
        if (!(refused && last)) {
          failed.count(operation(call), refused ? Kind.REFUSED : kind(error));
        }
      }
    }
  }

  private static boolean isServersOwn(MetricCollection attempt) {
    return attempt.metricValues(HttpMetric.HTTP_STATUS_CODE).stream().allMatch(s -> s >= 500);
  }

  private static String operation(MetricCollection call) {
    List<String> names = call.metricValues(CoreMetric.OPERATION_NAME);
    return names.isEmpty() ? "unknown" : names.get(0);
  }

  private static Kind kind(String error) {
    return switch (error) {
      case "Throttling" -> Kind.THROTTLED;
      case "ServerError" -> Kind.SERVER_ERROR;
      case "ConfiguredTimeout" -> Kind.TIMEOUT;
      case "IO" -> Kind.CONNECTION;
      default -> Kind.UNREADABLE;
    };
  }

  @Override
  public void close() {
    // There is nothing to release.
  }
}
