package io.nimoshake.dynamodb.client;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.utils.IoUtils;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Asks one credentials provider after the other, and afterwards only the one that worked. If none
 * works, the exception says what each of them answered. Thread-safe.
 */
final class CredentialChain implements AwsCredentialsProvider, SdkAutoCloseable {
  /**
   * A provider.
   *
   * @param name for messages
   * @param mayBeAbsent whether a provider that cannot be reached is no failure, because most
   *     machines do not have it
   */
  private record Link(String name, AwsCredentialsProvider provider, boolean mayBeAbsent) {
    Link(String name, AwsCredentialsProvider provider) {
      this(name, provider, false);
    }
  }

  private final List<Link> links;
  private volatile Link working;

  private CredentialChain(List<Link> links) {
    this.links = links;
  }

  /**
   * The AWS default chain, in its order.
   *
   * @param sts makes a client for web identities; the caller closes it
   * @see <a
   *     href="https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/credentials-chain.html">
   *     AWS SDK for Java, Default credentials provider chain</a>
   */
  static CredentialChain ofEnvironment(Supplier<StsClient> sts) {
    return new CredentialChain(
        List.of(
            new Link("Java system properties", SystemPropertyCredentialsProvider.create()),
            new Link("environment variables", EnvironmentVariableCredentialsProvider.create()),
            new Link("web identity token", webIdentity(sts)),
            new Link(
                "profile " + ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow(),
                ProfileCredentialsProvider.create()),
            new Link("container", ContainerCredentialsProvider.create()),
            new Link("EC2 instance", InstanceProfileCredentialsProvider.create(), true)));
  }

  /** The SDK's own provider would make a client that knows nothing of our proxy and timeouts. */
  private static AwsCredentialsProvider webIdentity(Supplier<StsClient> sts) {
    return SdkSystemSetting.AWS_WEB_IDENTITY_TOKEN_FILE.getStringValue().isPresent()
        ? StsWebIdentityTokenFileCredentialsProvider.builder().stsClient(sts.get()).build()
        : WebIdentityTokenFileCredentialsProvider.create();
  }

  /**
   * Temporary credentials of a role, taken anew before they expire.
   *
   * @param sts makes the calls, with credentials that may assume the role; the caller closes it
   */
  static CredentialChain ofRole(StsClient sts, DynamoSettings.Role role) {
    AwsCredentialsProvider provider =
        StsAssumeRoleCredentialsProvider.builder()
            .stsClient(sts)
            .refreshRequest(
                request ->
                    request
                        .roleArn(role.arn())
                        .roleSessionName(role.sessionName())
                        .externalId(role.externalId().orElse(null)))
            .build();
    return new CredentialChain(List.of(new Link("role " + role.arn(), provider)));
  }

  @Override
  public AwsCredentials resolveCredentials() {
    Link known = working;
    return known == null ? askAll() : ask(known);
  }

  private AwsCredentials ask(Link known) {
    try {
      return known.provider().resolveCredentials();
      // Providers throw exceptions of many kinds.
    } catch (RuntimeException e) {
      CredentialsFailure.Kind kind =
          CredentialsFailure.passes(e)
              ? CredentialsFailure.Kind.PASSING
              : CredentialsFailure.Kind.UNKNOWN;
      String message =
          "no AWS credentials from " + known.name() + ": " + CredentialsFailure.reason(e);
      throw exception(new CredentialsFailure(kind, message), List.of(e));
    }
  }

  private AwsCredentials askAll() {
    List<String> answers = new ArrayList<>();
    List<RuntimeException> failures = new ArrayList<>();
    boolean passing = false;
    for (Link link : links) {
      try {
        AwsCredentials found = link.provider().resolveCredentials();
        working = link;
        return found;
        // Providers throw exceptions of many kinds; the next one is asked.
      } catch (RuntimeException e) {
        answers.add(link.name() + ": " + CredentialsFailure.reason(e));
        failures.add(e);
        passing |= !link.mayBeAbsent() && CredentialsFailure.passes(e);
      }
    }
    CredentialsFailure.Kind kind =
        passing ? CredentialsFailure.Kind.PASSING : CredentialsFailure.Kind.FINAL;
    String message = "no AWS credentials found: " + String.join("; ", answers);
    throw exception(new CredentialsFailure(kind, message), failures);
  }

  private static SdkClientException exception(
      CredentialsFailure failure, List<RuntimeException> suppressed) {
    suppressed.forEach(failure::addSuppressed);
    return SdkClientException.create(failure.getMessage(), failure);
  }

  @Override
  public void close() {
    links.forEach(link -> IoUtils.closeIfCloseable(link.provider(), null));
  }
}
