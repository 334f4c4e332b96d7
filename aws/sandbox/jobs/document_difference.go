package jobs

import "fleetlab/aws/sandbox/wire"

// Known differences from AWS in what becomes of job documents.
const (
	placeholderDifference wire.Difference = "A mistake in a placeholder is an InvalidRequestException with the developer guide's words; " +
		"the guide calls most of them InvalidJobDocumentException, which the service model does not have."
	countDifference wire.Difference = "A job document with more than ten placeholders is refused; whether AWS enforces that number of its guide could not be confirmed."
)

var createDifferences = []wire.Difference{
	placeholderDifference, countDifference,
	"A documentSource has to be the URL of an object in the sandbox's own S3; AWS's words for one that cannot be read could not be confirmed.",
	"A documentSource of a job template is read again for each job, and a document beside jobTemplateArn is refused; neither could be confirmed.",
	"AWS managed job templates, and with them documentParameters, are refused.",
	"A namespaceId is kept and filtered by; it changes no MQTT topic.",
}

var deliveryDifferences = []wire.Difference{
	"Presigned URLs are signed with the sandbox's own key: what the job's role may do in S3 is not looked at.",
	"A role that can no longer be assumed is an InvalidRequestException when the device asks for the document, which could not be confirmed.",
	"An upload placeholder without a key stands for THING/JOB/EXECUTION; how AWS makes that key could not be confirmed.",
}
