package io.nimoshake.dynamodb.client;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Tells wrong credentials from those that worked before. The latter may be renewed soon: a host
 * whose clock is slow signs with a token that the service takes for expired, and the SDK renews it
 * by the clock of the host. And a service may forget a new key for a moment.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html">Troubleshoot
 *     IAM: changes that I make are not always immediately visible; temporary credentials</a>
 */
final class RefusedCredentials implements ExecutionInterceptor {
  private volatile boolean accepted;

  @Override
  public void afterExecution(Context.AfterExecution call, ExecutionAttributes attributes) {
    accepted = true;
  }

  @Override
  public Throwable modifyException(Context.FailedExecution call, ExecutionAttributes attributes) {
    return accepted
            && call.exception() instanceof AwsServiceException e
            && Faults.isBadCredentials(e)
        ? e.toBuilder()
            .cause(
                new CredentialsFailure(
                    CredentialsFailure.Kind.UNKNOWN,
                    "credentials that were accepted before are refused now: " + Faults.describe(e)))
            .build()
        : call.exception();
  }
}
