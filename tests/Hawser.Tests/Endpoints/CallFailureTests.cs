namespace Hawser.Tests.Endpoints;

public sealed class CallFailureTests
{
    private static readonly Method Called = new("A/B");

    [Fact]
    public void A_status_stays_what_it_is()
    {
        var status = new Status(StatusCode.Aborted, "x");
        Assert.Same(status, CallFailure.ToStatus(new RpcException(status), exposeDetails: false, Called));
    }

    [Fact]
    public void A_cancellation_is_one() =>
        Assert.Equal("Cancelled: The call of 'A/B' was cancelled.", CallFailure.ToStatus(new TaskCanceledException(), exposeDetails: false, Called).ToString());

    [Fact]
    public void Nothing_of_an_exception_is_told_unless_asked_for() =>
        Assert.Equal("Unknown: The handler of 'A/B' failed.", CallFailure.ToStatus(new IOException("secret"), exposeDetails: false, Called).ToString());

    [Fact]
    public void Type_and_message_are_told_when_asked_for() =>
        Assert.Equal("Unknown: The handler of 'A/B' failed: IOException: disk", CallFailure.ToStatus(new IOException("disk"), exposeDetails: true, Called).ToString());
}
